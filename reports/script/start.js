preparePage();
afterFirstScreen(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  if (data.rows?.length) new Timeline(document.getElementById("line"), data);
  if (data.flame) new Flame(document.getElementById("flame"), data.flame);
});
