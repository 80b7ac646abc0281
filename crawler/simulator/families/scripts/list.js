var current = 1;
function show(data) {
  var list = document.getElementById('list');
  list.innerHTML = '';
  data.rows.forEach(function (row) {
    var li = document.createElement('li');
    li.innerHTML = item(row);
    list.appendChild(li);
  });
  document.getElementById('next').className = current >= data.pages ? 'next disabled' : 'next';
  document.getElementById('total').textContent = '共' + data.total + '条';
}
function load(page) {
  fetch('/api/list?channel=7&page=' + page)
    .then(function (answer) { return answer.json(); })
    .then(function (data) { current = page; setTimeout(function () { show(data); }, 120); });
}
document.getElementById('next').onclick = function () {
  if (this.className === 'next') load(current + 1);
};
load(1);
