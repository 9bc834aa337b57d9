/* What every page gains from a script; each page works without it. */
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");

  /* The error summary takes the focus, so that a screen reader starts there. */
  const focusErrors = (within) => {
    const summary = within.querySelector("[data-focus]");
    if (summary) summary.focus();
  };

  /* A plain form is sent once, however often the button is tapped; the request id catches twins anyway. */
  const guardForms = () => {
    document.addEventListener("submit", (event) => {
      const form = event.target;
      if (form.method !== "post" || event.defaultPrevented) return;
      if (form.dataset.sent) {
        event.preventDefault();
        return;
      }
      form.dataset.sent = "1";
      setTimeout(() => { delete form.dataset.sent; }, 8000); /* the browser's own stop button tells nobody */
      if (event.submitter) event.submitter.dataset.busy = "";
    });
    /* Back from the next page, a kept copy of this one must be usable again. */
    window.addEventListener("pageshow", () => {
      for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
      for (const button of document.querySelectorAll("[data-busy]")) delete button.dataset.busy;
    });
  };

  /* The bar that tells of a lost connection and offers to send the same request again. */
  const watchConnection = () => {
    const bar = document.getElementById("netbar");
    if (!bar) return;
    const text = bar.querySelector("[data-text]");
    let failed = null;
    const show = (event) => {
      const source = event.detail?.ctx?.sourceElement;
      /* A programme's panel that fails costs itself only: its plain link stays. */
      if (!source || source.matches("[data-panel]")) return;
      failed = source;
      bar.hidden = false;
      text.textContent = text.dataset.text;
    };
    document.addEventListener("htmx:error", show);
    document.addEventListener("htmx:response:error", (event) => {
      if (event.detail.ctx.response.status >= 500) show(event);
    });
    document.addEventListener("htmx:after:swap", () => { bar.hidden = true; });
    bar.querySelector("[data-retry]").addEventListener("click", () => {
      bar.hidden = true;
      if (!failed) return;
      if (failed.matches("form")) failed.requestSubmit();
      else failed.click();
    });
  };

  /* What is typed may be looked at; sent, it is hidden again, so that nothing keeps it as a plain text. */
  const watchReveal = () => {
    const show = (box, open) => {
      const field = document.getElementById(box.dataset.reveal);
      if (field) field.type = open ? "text" : "password";
    };
    document.addEventListener("change", (event) => {
      if (event.target.matches("[data-reveal]")) show(event.target, event.target.checked);
    });
    document.addEventListener("submit", (event) => {
      for (const box of event.target.querySelectorAll("[data-reveal]")) show(box, false);
    });
  };

  const watchPrint = () => {
    document.addEventListener("click", (event) => {
      if (event.target.closest("[data-print]")) window.print();
    });
  };

  document.addEventListener("htmx:after:swap", (event) => {
    focusErrors(event.detail?.ctx?.target ?? document);
  });

  /* The script is deferred: the document is read by now. */
  focusErrors(document);
  guardForms();
  watchConnection();
  watchReveal();
  watchPrint();
})();
