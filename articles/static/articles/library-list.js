/* The drop zone above the list of a library. */
"use strict";

(() => {
  const template = document.getElementById("file-drop");
  template.after(template.content.cloneNode(true));
  const section = document.querySelector(".file-drop");
  const showAll = () => location.assign(location.pathname);
  new window.Uploads(section, {
    onDone: (taken, refused) => {
      if (taken.length && !refused) showAll();
      if (!taken.length || section.querySelector(".file-show")) return;
      // A refusal is to be read before the list is shown anew.
      const button = document.createElement("button");
      button.type = "button";
      button.className = "pill file-show";
      button.textContent = template.dataset.show;
      button.addEventListener("click", showAll);
      section.append(button);
    },
  });
})();
