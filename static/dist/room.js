import{a as o,b as a,c as r,d as t}from"./chunk-7LOHXTSX.js";function e({data:m}){return t("h1",{class:"text-base truncate",children:m.title})}o(t(e,{data:a("room-data")}),r("room"));
