// The interface language follows the browser; this page is Chinese and light.
for (const [name, value] of [["language", "zh-CN"], ["languages", ["zh-CN", "zh"]]])
  Object.defineProperty(navigator, name, {get: () => value});
const media = window.matchMedia.bind(window);
window.matchMedia = (query) => media(/prefers-color-scheme/.test(query) ? "not all" : query);

// A few messages of the framework have no Chinese text of their own.
const words = [
  [/^File\(s\) exceed the maximum allowed size of ([\d.]+) Mb: (.*)$/is, "文件超过 $1 MB，没有上传：$2"],
  [/^Invalid file type: (.*?)\. Only (.*) allowed\.?$/is, "$1 不是这里能读的文件，请选 $2。"],
  [/^Error$/, "没有完成"],
  [/^Warning$/, "提醒"],
  [/^Info$/, "说明"],
  [/^Success$/, "完成"],
  [/connection (errored out|to the server was lost|lost)|could not connect|failed to fetch/i,
   "与程序的连接断开了，请确认程序还开着，然后刷新页面。"],
  [/^(queue is full|too many requests).*$/i, "现在使用的人较多，请稍后再试。"],
  [/^queue: (\d+)\/(\d+) \|$/i, "排队：第 $1 位，共 $2 位"],
  [/^queue: (\d+)\/ \|$/i, "排队：第 $1 位"],
  [/^processing \|$/i, "正在处理"],
  [/^([\d.]+)(?:\/[\d.]+)?s$/, "$1 秒"],
];
const translate = (root) => {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    for (const [pattern, chinese] of words)
      if (pattern.test(node.data.trim()))
        node.data = node.data.trim().replace(pattern, chinese).replace(/(\d)\.0 MB/, "$1 MB");
};
const labels = {
  "More tabs": "更多页签",
  "Click to upload or drop files": "点这里选择文件，或把文件拖到这里",
  "File upload": "选择文件",
  "Remove this file": "去掉这个文件",
  "Clear": "清空",
  "Close": "关闭",
};
const relabel = (root) => {
  for (const element of [root, ...root.querySelectorAll("[aria-label]")]) {
    const chinese = labels[element.getAttribute("aria-label")];
    if (chinese) element.setAttribute("aria-label", chinese);
  }
};
const waiting = ".meta-text, .meta-text-center"; // beside what is being worked on: place and time
new MutationObserver((changes) => {
  for (const change of changes) {
    const target = change.target.nodeType === 1 ? change.target : change.target.parentElement;
    const line = target?.closest(waiting);
    if (line) translate(line);
    for (const node of change.addedNodes)
      if (node.nodeType === 1) {
        relabel(node);
        const told = node.closest(".toast-wrap, .toast-body") ||
          node.querySelector(`.toast-body, ${waiting}`);
        if (told) translate(told);
      }
  }
}).observe(document, {childList: true, subtree: true, characterData: true});
