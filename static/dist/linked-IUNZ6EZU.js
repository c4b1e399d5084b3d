import{a}from"./chunk-JWNY66ZW.js";import"./chunk-3Y6AAXGI.js";import"./chunk-S7PLUQWF.js";export{a as Linked};
