// Fills the list with links.
function item(row) {
  return '<a href="' + row.url + '" title="' + row.title + '">' + row.title + '</a><span>' + row.day + '</span>';
}
