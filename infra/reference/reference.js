"use strict";

const text = "system-ui, sans-serif";
const options = {
  disableSearch: false,
  hideDownloadButton: false,
  requiredPropsFirst: true,
  sortTagsAlphabetically: false,
  theme: {
    colors: { primary: { main: "#8a3b12" } },
    typography: { fontFamily: text, headings: { fontFamily: text }, code: { fontFamily: "ui-monospace, monospace" } },
  },
};
const place = document.getElementById("reference");
Redoc.init(place.dataset.document, options, place, (error) => {
  document.body.dataset.rendered = error ? "failed" : "done";
});
