"use strict";(()=>{try{let e=localStorage.getItem("matinee-theme");(e==="matinee-day"||e==="matinee-night")&&(document.documentElement.dataset.theme=e)}catch{}})();
