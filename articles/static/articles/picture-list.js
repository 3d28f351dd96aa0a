/* The drop zone above the list of the library. */
"use strict";

(() => {
  const template = document.getElementById("picture-drop");
  template.after(template.content.cloneNode(true));
  const section = document.querySelector(".picture-drop");
  const showAll = () => location.assign(location.pathname);
  new window.PictureUploads(section, {
    onDone: (taken, refused) => {
      if (taken.length && !refused) showAll();
      if (!taken.length || section.querySelector(".picture-show")) return;
      // A refusal is to be read before the list is shown anew.
      const button = document.createElement("button");
      button.type = "button";
      button.className = "picture-show";
      button.textContent = template.dataset.show;
      button.addEventListener("click", showAll);
      section.append(button);
    },
  });
})();
