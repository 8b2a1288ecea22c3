// A log-in that has ended is told where people look; what they wrote stays on the page.
const ask = window.fetch.bind(window);
const tell = () => {
  if (document.querySelector(".expired")) return;
  const box = document.createElement("div");
  box.className = "expired";
  box.setAttribute("role", "alert");
  const link = document.createElement("a");
  link.href = "login";
  link.target = "_blank";
  link.textContent = "在新窗口登录";
  box.append("登录已过期，这一页上写的内容还在。请先", link, "，再回到这里继续。");
  box.addEventListener("click", () => box.remove());
  document.body.prepend(box);
  link.focus();
};
window.fetch = async (...given) => {
  const answer = await ask(...given);
  if (answer.status === 401) tell();
  return answer;
};
