// One page for all: the list at no route, each article at #/detail/NUMBER.
var app = document.getElementById('app');
var current = 1;
function get(url, then) {
  fetch(url)
    .then(function (answer) { return answer.json(); })
    .then(function (data) { setTimeout(function () { then(data); }, 150); });
}
function list(page) {
  get('/api/list?channel=7&page=' + page, function (data) {
    current = page;
    app.innerHTML = '<ul class="list"></ul><div><span>共' + data.total + '条</span><button>下一页</button></div>';
    data.rows.forEach(function (row) {
      var li = document.createElement('li');
      li.style.cursor = 'pointer';
      li.innerHTML = '<span class="t">' + row.title + '</span><em>' + row.day + '</em>';
      li.addEventListener('click', function () {
        sessionStorage.page = current;
        location.hash = '#/detail/' + row.number;
      });
      app.querySelector('ul').appendChild(li);
    });
    var next = app.querySelector('button');
    next.disabled = current >= data.pages;
    next.onclick = function () { list(current + 1); };
  });
}
function route() {
  var match = location.hash.match(/^#\/detail\/(\d+)/);
  if (!match) { list(Number(sessionStorage.page || 1)); return; }
  get('/api/detail?id=' + match[1], function (article) {
    app.innerHTML = '<h1>' + article.title + '</h1><p>发布时间：' + article.day + '</p><div>' + article.body + '</div>';
  });
}
addEventListener('hashchange', route);
route();
