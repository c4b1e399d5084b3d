import{a}from"./chunk-2G2BV57B.js";import"./chunk-3Y6AAXGI.js";import"./chunk-S7PLUQWF.js";export{a as Linked};
