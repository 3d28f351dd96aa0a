/* Says that a list is a table, also where a style sheet shows its rows as cards and a browser takes
   it for none any more. In the markup, roles would only repeat what the elements are. */
"use strict";

addEventListener("DOMContentLoaded", () => {
  const ROLES = {
    "#result_list": "table",
    "#result_list > :is(thead, tbody)": "rowgroup",
    "#result_list tr": "row",
    "#result_list td": "cell",
    "#result_list th[scope=col]": "columnheader",
    "#result_list th[scope=row]": "rowheader",
  };
  for (const [elements, role] of Object.entries(ROLES)) {
    for (const element of document.querySelectorAll(elements)) element.setAttribute("role", role);
  }
});
