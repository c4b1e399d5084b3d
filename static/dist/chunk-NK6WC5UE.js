function o(){return/(?:^|; )(?:__Host-csrf|matinee_csrf)=([^;]+)/.exec(document.cookie)?.[1]??document.querySelector("input[name=csrfmiddlewaretoken]")?.value??""}export{o as a};
