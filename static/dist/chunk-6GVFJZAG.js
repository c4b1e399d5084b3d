import{a as n}from"./chunk-3Y6AAXGI.js";function r({name:i,size:s="size-5"}){return n("span",{class:`${i} ${s} shrink-0`,"aria-hidden":"true"})}export{r as a};
