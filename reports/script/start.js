preparePage();
{
  const data = JSON.parse(document.getElementById("data").textContent);
  if (data.rows?.length) new Timeline(document.getElementById("line"), data);
  if (data.flame) whenNear(document.getElementById("flame"), (box) => new Flame(box, data.flame));
}
