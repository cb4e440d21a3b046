"""The style sheet of the sandbox's Notion, light and dark."""

STYLE = """
:root{color-scheme:light dark;--ink:#37352f;--paper:#fff;--soft:#f7f6f3;--line:#e3e2de;--muted:#6b6963;
--yes:#1c6b45;--yes-soft:#dcefe3;--no:#a3302b;--no-soft:#fbe4e2;--open:#57554f;--open-soft:#ecebe8;--link:#1f5fae}
@media(prefers-color-scheme:dark){:root{--ink:#e6e5e3;--paper:#191919;--soft:#232323;--line:#3a3a38;--muted:#a09e99;
--yes:#7fd1a3;--yes-soft:#1f3a2c;--no:#f19a94;--no-soft:#4a2422;--open:#c9c7c2;--open-soft:#32312f;--link:#8ab8f0}}
*{box-sizing:border-box}
body{font:15px/1.55 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:78em;margin:0 auto;padding:1em 1.5em 4em}
.mark{margin:0 0 1em;padding:.3em .8em;border-radius:4px;background:var(--soft);color:var(--muted);font-size:13px}
.crumbs{margin:0;color:var(--muted);font-size:13px}
h1{font-size:1.9em;line-height:1.25;margin:.2em 0 .4em;overflow-wrap:anywhere}
h2,h3,h4{line-height:1.3;margin:1.3em 0 .3em}h3{font-size:1.15em}h4{font-size:1em}
.body>:first-child{margin-top:0}
a{color:var(--link)}small{color:var(--muted)}hr{border:0;border-top:1px solid var(--line);margin:1.2em 0}
blockquote{margin:.4em 0;padding:.1em 0 .1em 1em;border-left:3px solid var(--ink)}
aside{margin:.4em 0;padding:.7em 1em;border-radius:4px;background:var(--soft)}
ul,ol{margin:.3em 0;padding-left:1.5em}p{margin:.4em 0}
.columns{display:grid;gap:1.5em 3em;margin-top:1em}
@media(min-width:62em){.columns:has(.body){grid-template-columns:minmax(0,1fr) minmax(0,1fr)}.columns:not(:has(.body)){max-width:46em}}
.columns>*{min-width:0;overflow-wrap:anywhere}
table{border-collapse:collapse}th{text-align:left;vertical-align:top;font-weight:600}
.facts th{padding:.15em 1.5em .15em 0;color:var(--muted);font-weight:400;white-space:nowrap}.facts td{overflow-wrap:anywhere}
.wide{overflow-x:auto}.rows{width:100%}.body .rows tr>:first-child{white-space:nowrap;overflow-wrap:normal}
.rows th,.rows td{padding:.45em 1em .45em 0;border-bottom:1px solid var(--line);vertical-align:top}
.tag{display:inline-block;padding:0 .6em;border-radius:4px;white-space:nowrap}
.yes{color:var(--yes);background:var(--yes-soft)}.no{color:var(--no);background:var(--no-soft)}
.open{color:var(--open);background:var(--open-soft)}
nav{display:flex;flex-wrap:wrap;gap:.5em;margin:1em 0}
nav a{padding:.15em .8em;border:1px solid var(--line);border-radius:1em;text-decoration:none;color:var(--ink)}
nav a.on{border-color:var(--ink);font-weight:600}
form{margin-top:1em}label{display:block;margin:0 0 .9em}label span{display:block;margin-bottom:.2em;font-weight:600}
label small{font-weight:400}
textarea{width:100%;padding:.5em .7em;font:inherit;color:inherit;background:var(--soft);border:1px solid var(--line);border-radius:4px;
resize:vertical;field-sizing:content}
details{margin:0 0 .9em}summary{cursor:pointer;color:var(--muted);margin-bottom:.6em}
.buttons{display:flex;flex-wrap:wrap;gap:.5em;margin-top:1.2em}
button{padding:.4em 1.1em;font:inherit;color:inherit;background:var(--paper);border:1px solid var(--line);border-radius:4px;cursor:pointer}
button.yes{color:var(--yes);background:var(--yes-soft)}button.no{color:var(--no);background:var(--no-soft)}
button.open{color:var(--open);background:var(--open-soft)}
button.on{border-color:currentColor;font-weight:600}button.quiet{border-color:transparent;color:var(--muted)}
:focus-visible{outline:2px solid var(--link);outline-offset:1px}
.saved{padding:.4em .8em;border-radius:4px;color:var(--yes);background:var(--yes-soft)}
"""
