"""How evidence gets in: the only room that knows files, wires and third-party clients."""
