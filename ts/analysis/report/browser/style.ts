/** The examples browser: the list beside the question, one above the other where that is too narrow; not on paper. */
export const browserStyle = `
.scripted .printed-examples{display:none}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.controls{display:flex;flex-wrap:wrap;gap:10px 14px;align-items:end;margin:12px 0}
.controls label{display:flex;flex-direction:column;gap:3px;font-size:.8rem;color:var(--quiet);flex:0 1 auto;min-width:0;max-width:100%}
.controls label:not(.search,.check){max-width:min(100%,18rem)}
.controls label.check{flex-direction:row;align-items:center;min-height:34px;color:var(--ink);font-size:.875rem}
.controls label.search{flex:1 1 200px}
select,input[type=search]{font:inherit;font-size:.875rem;color:var(--ink);background:var(--surface);border:1px solid var(--line);border-radius:6px;padding:5px 8px;min-height:34px;max-width:100%;min-width:0}
.status{margin:4px 0;font-size:.875rem;color:var(--quiet);font-variant-numeric:tabular-nums}
.browser{display:grid;grid-template-columns:minmax(280px,2fr) minmax(0,3fr);gap:24px;align-items:start}
.list-side{position:sticky;top:8px}
.question-list{height:min(76vh,820px);overflow-y:auto;overflow-x:hidden;border:1px solid var(--line);border-radius:8px;overscroll-behavior:contain}
.question-list .rows{position:relative}
.question-row{position:absolute;left:0;right:0;height:62px;padding:8px 12px;border-bottom:1px solid var(--line);cursor:pointer;overflow:hidden}
.question-row:hover{background:var(--raised)}
.question-row[aria-selected=true]{background:var(--note-bg);box-shadow:inset 4px 0 0 var(--accent)}
.question-row .preview,.question-row .marks{display:block;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;line-height:23px}
.question-row .preview{font-size:.9rem}
.question-row .marks{font-size:.78rem}.question-row .mark{margin-right:12px;font-weight:500}
.question-row .note{font-size:inherit}
.detail{min-width:0;overflow-wrap:anywhere}
.detail table{overflow-wrap:normal}.detail td{white-space:nowrap}.detail th{max-width:8em;overflow-wrap:normal}
.detail h3{margin:4px 0;white-space:pre-line;font-size:1.05rem;line-height:1.45;max-width:78ch}
.detail h4{margin:24px 0 4px;font-size:.95rem}
.detail .by .mark,.detail .facts-line .mark{white-space:normal}
.steps{display:flex;flex-wrap:wrap;gap:8px;align-items:center;margin:0 0 10px;max-width:none}
.steps .back{display:none}
button:disabled{opacity:.5;cursor:default}
pre.cot{white-space:pre-wrap;overflow-wrap:anywhere;margin:6px 0;padding:10px 12px;line-height:1.5}
.cot-card{border:1px solid var(--line);border-radius:8px;padding:8px 12px;margin:10px 0}
.cot-card .by{display:flex;flex-wrap:wrap;gap:2px 16px;margin:0;max-width:none}
.facts-line{display:flex;flex-wrap:wrap;gap:2px 16px;margin:4px 0 0;font-size:.8rem;color:var(--quiet);max-width:none}
.method,.facts-line .mark{font-size:.85rem;font-variant-numeric:tabular-nums}
mark.wrong-step{background:var(--warn-bg);color:inherit;text-decoration:underline wavy var(--wrong);text-underline-offset:3px}
.compare-choice{display:grid;grid-template-columns:1fr 1fr;gap:8px 16px;max-width:none;margin:8px 0}
.compare-choice label{display:flex;flex-direction:column;gap:3px;font-size:.8rem;color:var(--quiet);min-width:0}
.detail ins{background:var(--fine-bg);color:var(--right);text-decoration:underline;text-decoration-thickness:2px;text-underline-offset:2px;border-radius:2px}
.detail del{background:var(--warn-bg);color:var(--wrong);text-decoration:line-through;border-radius:2px}
.detail .scroll{container-type:inline-size}.detail .scroll table{min-width:100%}
.detail .numbers th,.detail .numbers td{border-bottom:0;padding-bottom:0}.detail .numbers th{white-space:nowrap}
.detail td.cot-cell{text-align:left;white-space:normal;overflow-wrap:anywhere}
td.cot-cell>*{position:sticky;left:10px;max-width:calc(100cqw - 20px)}
td.cot-cell pre.cot{margin:0;padding:0;border:0;background:none;font-size:.8rem}
@media(max-width:899px){.browser{display:block}.list-side{position:static}.question-list{height:min(62vh,560px)}
.browser:not(.reading) .detail{display:none}.browser.reading .list-side{display:none}.steps .back{display:inline-block}
.controls label{flex:1 1 140px}.controls label.search{flex:1 1 100%}.controls label:not(.search,.check){max-width:100%}.controls select{width:100%}}
@media print{#browser{display:none!important}.scripted .printed-examples{display:block}}
`.trim();
