/**
 * The style of the HTML report: light and dark, screen and paper. Colours are of Okabe and Ito's palette, and every mark has a shape of its own.
 * @module
 */

const LIGHT = `
  --page: #f6f7f9; --card: #ffffff; --ink: #16202b; --soft: #52606d; --line: #d9dfe6; --link: #0b5cad;
  --admitted: #0072b2; --refused: #c24e00; --failed: #6b2fa0; --wait: #f2c14e; --wait-line: #a87400;
  --pass: #00697f; --warn: #8a5a00; --fail: #a8340a; --undecided: #4b5563;
  --pass-back: #e3f3f6; --warn-back: #fdf3dc; --fail-back: #fdeae2; --undecided-back: #eceff3;`;

const DARK = `
  --page: #10151b; --card: #19212a; --ink: #e8edf2; --soft: #a3b1bf; --line: #33404d; --link: #7cc0ff;
  --admitted: #56b4e9; --refused: #ff9a4d; --failed: #c9a0f0; --wait: #7a5c14; --wait-line: #e5b94a;
  --pass: #6fd3e3; --warn: #f0c05a; --fail: #ff9f7a; --undecided: #c3ccd6;
  --pass-back: #12333a; --warn-back: #3a2f14; --fail-back: #40221a; --undecided-back: #28313b;`;

/** The style sheet. It names no file and no address. */
export const STYLE = `
:root { color-scheme: light dark; ${LIGHT} }
@media (prefers-color-scheme: dark) { :root { ${DARK} } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; overflow-wrap: break-word; }
main { max-width: 1120px; margin: 0 auto; padding: 24px 16px 48px; }
h1, h2, h3, h4, p, dl, dd, ul, figure { margin: 0; }
h1 { font-size: 1.75rem; line-height: 1.2; }
h2 { font-size: 1.35rem; line-height: 1.3; }
h3 { font-size: 1.05rem; line-height: 1.4; }
h4 { font-size: .8rem; color: var(--soft); font-weight: 600; }
a { color: var(--link); }
code { font: .9em ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; }
.soft { color: var(--soft); }
.verdict { border-radius: 12px; padding: 20px 24px; border: 1px solid currentColor; display: flex; gap: 18px; align-items: center; }
.verdict p { color: var(--ink); }
.verdict svg { flex: none; }
.verdict .sign { fill: none; stroke: currentColor; stroke-width: 3; stroke-linecap: round; stroke-linejoin: round; }
.pass { color: var(--pass); } .warn { color: var(--warn); } .fail { color: var(--fail); } .undecided, .not-judged { color: var(--undecided); }
.verdict.pass { background: var(--pass-back); } .verdict.warn { background: var(--warn-back); } .verdict.fail { background: var(--fail-back); } .verdict.undecided { background: var(--undecided-back); }
.badge { display: inline-block; border-radius: 999px; padding: 1px 10px; font-size: .8rem; font-weight: 600; border: 1px solid currentColor; white-space: nowrap; }
.badge.pass { background: var(--pass-back); } .badge.warn { background: var(--warn-back); } .badge.fail { background: var(--fail-back); } .badge.undecided, .badge.not-judged { background: var(--undecided-back); }
.provider { margin-top: 36px; }
.head { display: flex; flex-wrap: wrap; gap: 6px 12px; align-items: center; }
.figures { display: grid; grid-template-columns: repeat(3, 1fr); gap: 1px; background: var(--line); border: 1px solid var(--line); border-radius: 12px; overflow: hidden; margin-top: 14px; }
.figures div { background: var(--card); padding: 12px 16px; }
dt { color: var(--soft); font-size: .85rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 18px 20px; margin-top: 16px; break-inside: avoid; }
.says { font-size: 1.1rem; margin-top: 8px; }
figure { margin-top: 14px; }
figure svg { display: block; max-width: 100%; height: auto; }
figure .narrow { display: none; }
figcaption { color: var(--soft); font-size: .85rem; margin-top: 6px; }
.rows { margin-top: 14px; border-collapse: collapse; width: 100%; font-size: .9rem; }
.rows th { text-align: left; color: var(--soft); font-weight: 600; font-size: .8rem; padding: 4px 16px 4px 0; vertical-align: bottom; white-space: nowrap; }
.rows td { padding: 6px 16px 6px 0; border-top: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
.rows th:last-child { white-space: normal; }
.rows .path { min-width: 110px; max-width: 320px; }
@media screen and (min-width: 960px) { .rows .path { min-width: 230px; } }
.rows .number { white-space: nowrap; width: 1%; font-variant-numeric: tabular-nums; }
.advice { margin-top: 14px; padding-left: 14px; border-left: 3px solid var(--line); display: grid; gap: 4px; }
.plain { padding-left: 20px; margin-top: 8px; }
.legend { display: flex; flex-wrap: wrap; gap: 6px 18px; padding: 0; list-style: none; color: var(--soft); font-size: .85rem; margin-top: 16px; }
.legend li { display: flex; align-items: center; gap: 6px; }
footer { margin-top: 40px; color: var(--soft); font-size: .85rem; }
svg text { fill: var(--ink); font-size: 12px; font-family: inherit; }
svg .label, svg .more { fill: var(--soft); }
svg .lane { font-weight: 600; }
svg .id { font-size: 11.5px; }
svg .strong { font-weight: 700; }
svg .tick { stroke: var(--line); }
svg .base { stroke: var(--soft); stroke-opacity: .55; }
svg .admitted { fill: var(--admitted); stroke: var(--admitted); }
svg .free { fill: var(--card); stroke: var(--admitted); stroke-width: 2; }
svg .refused { fill: var(--refused); stroke: var(--refused); }
svg .failed { fill: var(--failed); stroke: var(--failed); }
svg .faint { opacity: .6; }
svg .ring { fill: none; stroke: var(--ink); stroke-width: 2; }
svg .wait rect { fill: var(--wait); stroke: var(--wait-line); }
svg .wait path { fill: var(--wait-line); stroke: none; }
svg .wait line { stroke: var(--wait-line); stroke-width: 2; }
svg .curve { fill: none; stroke: var(--ink); stroke-width: 1.75; }
svg .tip { fill: var(--ink); }
@media screen and (max-width: 719px) {
  main { padding: 16px 12px 32px; }
  h1 { font-size: 1.4rem; }
  .verdict { padding: 16px; align-items: flex-start; }
  .figures { grid-template-columns: 1fr; }
  .card { padding: 14px; }
  figure .wide { display: none; }
  figure .narrow { display: block; }
  .rows thead { display: none; }
  .rows tr { display: block; border-top: 1px solid var(--line); padding: 6px 0; }
  .rows td, .rows .path { display: block; width: auto; min-width: 0; max-width: none; border: 0; padding: 1px 0; }
  .rows td[data-name]::before { content: attr(data-name) ": "; color: var(--soft); }
}
@media print {
  :root { color-scheme: light; ${LIGHT} --page: #ffffff; }
  body { font-size: 10.5pt; }
  .rows { font-size: 9pt; }
  .rows th, .rows td { padding-right: 10px; }
  main { max-width: none; padding: 0; }
  a { color: inherit; text-decoration: none; }
  .source a::after { content: " (" attr(href) ")"; }
  .card, .verdict, .figures, .badge, figure { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .figures, figure, tr { break-inside: avoid; }
}
`;
