import{a as t,b as n,c as o,d as a}from"./chunk-7LOHXTSX.js";function r({data:e}){return a("h1",{class:"text-lg truncate",children:e.team.name})}t(a(r,{data:n("inbox-data")}),o("inbox"));
