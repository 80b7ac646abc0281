// Fills the list with rows that open by a click alone.
function openInfo(id) {
  location.href = '/xxgk/info/' + id + '.html';
}
function item(row) {
  return '<a href="javascript:void(0)" onclick="openInfo(' + row.number + ')">' + row.title + '</a><span>' + row.day + '</span>';
}
