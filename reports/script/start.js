preparePage();
{
  const data = JSON.parse(document.getElementById("data").textContent);
  new Timeline(document.getElementById("line"), data);
  if (data.flame) new Flame(document.getElementById("flame"), data.flame);
}
