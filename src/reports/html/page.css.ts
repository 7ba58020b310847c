/** The page's style sheet. It stands in the page itself; its hash stands in the page's content security policy. */
import { TOKENS } from './tokens.ts'

/** Custom properties of one theme: 0 light, 1 dark. */
function theme(which: 0 | 1): string {
  const colours = Object.entries(TOKENS).map(([name, pair]) => `--${name}:${pair[which]};`)
  return `color-scheme:${which === 0 ? 'light' : 'dark'};${colours.join('')}`
}

export function pageStyle(): string {
  return `
:root{${theme(0)}}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){${theme(1)}}}
:root[data-theme=dark]{${theme(1)}}
${STYLE}`
}

const SEVERITY_STYLE = ['critical', 'high', 'medium', 'low', 'info', 'good']
  .map((name) => `.${name}{--tint:var(--${name}-fill);--tone:var(--${name}-ink);--mark:var(--${name}-mark)}`)
  .join('\n')

const STYLE = `
*,*::before,*::after{box-sizing:border-box}
html{scroll-padding-top:1rem;-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);font:400 1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",sans-serif;overflow-wrap:anywhere}
[hidden]{display:none!important}
h1,h2,h3,p,ul,ol,dl,dd,figure,pre,fieldset{margin:0;padding:0}
ul,ol{list-style:none}
h1{font-size:1.75rem;line-height:1.2;font-weight:650;letter-spacing:-.015em}
h2{font-size:1.25rem;line-height:1.3;font-weight:650;letter-spacing:-.01em}
h3{font-size:.9375rem;line-height:1.4;font-weight:650}
a{color:var(--link);text-underline-offset:.18em;text-decoration-thickness:1px}
a:hover{text-decoration-thickness:2px}
code,pre,kbd,.mono{font-family:ui-monospace,"SF Mono",SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:.8125rem;font-variant-ligatures:none}
:focus-visible{outline:2px solid var(--link);outline-offset:2px;border-radius:4px}
.skip{position:absolute;left:1rem;top:-4rem;z-index:9;padding:.5rem .875rem;background:var(--panel);border:1px solid var(--strong);border-radius:6px}
.skip:focus{top:.75rem}
.wrap{max-width:70rem;margin-inline:auto;padding-inline:1.5rem}
.soft{color:var(--soft)}
.count{font-variant-numeric:tabular-nums}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
${SEVERITY_STYLE}

/* header */
.top{background:var(--panel);border-bottom:1px solid var(--line)}
.bar{display:flex;align-items:center;gap:.75rem;padding-top:.875rem;font-size:.875rem;color:var(--soft)}
.brand{display:flex;align-items:center;gap:.5rem;color:var(--ink);font-weight:650}
.brand svg{display:block;width:1.125rem;height:1.125rem}
.bar button{margin-left:auto}
.intro{padding-top:1.75rem;padding-bottom:1.5rem}
.verdict{display:flex;flex-wrap:wrap;align-items:baseline;gap:.375rem .75rem;margin-top:.75rem}
.word{padding:.125rem .625rem;border-radius:6px;background:var(--tint);color:var(--tone);font-weight:700;letter-spacing:.03em}
.tally{margin-top:1.375rem}
.tally svg{display:block;width:100%;height:.5rem;border-radius:4px}
.tally rect{fill:var(--mark)}
.tally ul{display:flex;flex-wrap:wrap;gap:.375rem 1.5rem;margin-top:.75rem;font-size:.9375rem}
.tally li{display:flex;align-items:center;gap:.5rem}
.tally li::before{content:"";width:.625rem;height:.625rem;border-radius:2px;background:var(--mark)}
.tally b{font-variant-numeric:tabular-nums;font-weight:650}
.facts{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin-top:.75rem;color:var(--soft);font-size:.875rem}
.pages{border-top:1px solid var(--line);font-size:.875rem}
.pages ul{display:flex;flex-wrap:wrap;gap:0 1.5rem}
.pages a{display:block;padding:.625rem 0;text-decoration:none}
.pages a:hover{text-decoration:underline}
.notice{margin-top:1rem;padding:.625rem .875rem;border-left:3px solid var(--mark);background:var(--tint);color:var(--tone);border-radius:0 6px 6px 0;font-size:.9375rem}

main>section{margin-top:2.5rem}
.lead{margin:.25rem 0 1rem;color:var(--soft);font-size:.9375rem;max-width:46rem}
.panel{background:var(--panel);border:1px solid var(--line);border-radius:10px}

/* chips and badges: the word says it, the colour repeats it */
.badge{display:inline-block;min-width:4.75rem;padding:.0625rem .5rem;border-radius:5px;background:var(--tint);color:var(--tone);font-size:.8125rem;font-weight:650;text-align:center;line-height:1.5}
.chip{display:inline-block;padding:0 .5rem;border:1px solid var(--strong);border-radius:5px;font-size:.8125rem;line-height:1.5;white-space:nowrap}
.chip.good{border-color:transparent;background:var(--tint);color:var(--tone)}

/* disclosure rows */
details>summary{cursor:pointer;list-style:none}
details>summary::-webkit-details-marker{display:none}
.row>summary::before{content:"";flex:none;width:.4375rem;height:.4375rem;margin:.5rem .125rem 0 .125rem;border:solid var(--soft);border-width:0 1.5px 1.5px 0;transform:rotate(-45deg)}
.row[open]>summary::before{transform:rotate(45deg);margin-top:.375rem}
.row>summary{display:flex;gap:.75rem;padding:.6875rem 1rem;align-items:flex-start}
.row>summary:hover{background:var(--sunken)}
.row>summary:focus-visible{outline-offset:-2px}
.row+.row,li+li>.row{border-top:1px solid var(--line)}
.body{padding:.25rem 1rem 1.25rem 2.375rem}
.what{flex:1;min-width:0}
.where{display:block;color:var(--soft);font-size:.8125rem}
.rank{flex:none;min-width:1.75rem;white-space:nowrap;color:var(--soft);text-align:right;font-variant-numeric:tabular-nums}
.fixes .what b{font-weight:600}
.gain{flex:none;width:6.5rem;text-align:right;font-size:.875rem;color:var(--soft);font-variant-numeric:tabular-nums}
.effort{flex:none;width:5.75rem}
.more>summary{padding:.6875rem 1rem;border-top:1px solid var(--line);color:var(--link);font-size:.9375rem}
.more[open]>summary{border-bottom:1px solid var(--line)}

/* tables */
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9375rem}
th,td{padding:.4375rem 1rem;text-align:left;vertical-align:top;border-top:1px solid var(--line)}
thead th{overflow-wrap:normal;border-top:0;color:var(--soft);font-size:.8125rem;font-weight:500}
tbody th{font-weight:500}
.numbers td,.numbers thead th:not(:first-child){text-align:right;font-variant-numeric:tabular-nums;width:5.25rem}
.numbers td.state{width:auto;text-align:left;color:var(--soft)}
.numbers td b{color:var(--tone);font-weight:650}
.zero{color:var(--soft)}
.kept{white-space:nowrap}
h3+.panel,h3+p,h3+ul{margin-top:.5rem}
.coverage h3,.group>h3{margin-top:1.5rem}

/* filter */
button,select,input{font:inherit;font-size:.875rem;color:var(--ink);background:var(--panel);border:1px solid var(--strong);border-radius:6px;padding:.3125rem .625rem;min-height:2.125rem}
button{cursor:pointer}
button:hover,select:hover{border-color:var(--soft)}
button[aria-pressed=true]{background:var(--tint);color:var(--tone);border-color:var(--mark);font-weight:600}
button[aria-pressed=false]{color:var(--soft)}
input[type=search]{flex:1 1 14rem;min-width:0}
select{max-width:18rem}
.filter{display:grid;gap:.625rem;padding:.875rem 1rem;margin-top:1rem}
.filter fieldset{border:0;display:flex;flex-wrap:wrap;gap:.375rem;min-width:0}
.line{display:flex;flex-wrap:wrap;gap:.5rem .75rem;align-items:center}
button:disabled{color:var(--soft);border-color:var(--line);cursor:default}
.quiet{border-color:transparent;background:transparent;color:var(--link);padding:.125rem .375rem;min-height:1.75rem}
.quiet:hover{text-decoration:underline;border-color:transparent}
#result{font-size:.875rem}
.line .push{margin-left:auto}
.group>h3{display:flex;gap:.625rem;align-items:center;margin-bottom:.5rem}
.list{overflow:hidden}

.many .finding{content-visibility:auto;contain-intrinsic-size:auto 3.875rem}
.finding:target>summary{background:var(--sunken)}
.none{padding:1.25rem 1rem;color:var(--soft)}

/* inside a finding */
.body>*+*{margin-top:.875rem}
.cure>*+*{margin-top:.375rem}
.cure>.source{margin-top:.625rem}
.source{border:1px solid var(--line);border-radius:8px;background:var(--sunken);overflow:hidden}
.source figcaption{padding:.375rem .75rem;border-bottom:1px solid var(--line);font-size:.8125rem;color:var(--soft)}
.source figcaption code{color:var(--ink)}
.source pre{padding:.5rem 0;overflow-x:auto;line-height:1.6;tab-size:4}
.source pre:focus-visible{outline-offset:-2px}
.l{display:flex;width:max-content;min-width:100%;padding-right:1rem;white-space:pre}
.l>i{flex:none;width:3.5rem;padding-right:1rem;text-align:right;color:var(--soft);font-style:normal;user-select:none}
.l.hit{background:var(--panel)}
mark{background:var(--tint);color:var(--tone);font-weight:600;border-radius:3px;box-shadow:0 0 0 1px var(--tint);text-decoration:underline;text-decoration-color:var(--mark);text-decoration-thickness:2px;text-underline-offset:.22em}
mark.also{background:transparent;color:inherit;font-weight:inherit;box-shadow:none;text-decoration-style:dotted;text-decoration-color:var(--soft)}
.l.says{color:var(--tone)}
.l.says.also{color:var(--soft)}
.diff .l{padding-left:.75rem}
.add{background:var(--good-fill);color:var(--good-ink)}
.del{background:var(--high-fill);color:var(--high-ink)}
.prose{display:grid;grid-template-columns:8.5rem minmax(0,1fr);gap:.5rem 1rem;max-width:56rem}
.prose dt{color:var(--soft);font-size:.875rem;line-height:1.7}
.prose dd{min-width:0}
.prose .text{white-space:pre-line}
.steps{display:grid;gap:.375rem;margin-top:.375rem}
.steps code{white-space:pre-wrap}
.caution{color:var(--medium-ink)}
.tags{display:flex;align-items:baseline;flex-wrap:wrap;gap:.25rem .875rem}
.cures{columns:22rem;column-gap:2rem;font-size:.9375rem}
.cures li{break-inside:avoid;padding:.0625rem 0}
footer{margin:3rem 0 2.5rem;color:var(--soft);font-size:.875rem}

@media (min-width:56rem){.filter{position:sticky;top:.5rem;z-index:2;box-shadow:0 6px 16px -10px rgb(0 0 0/.35)}html{scroll-padding-top:10.5rem}}
@media (max-width:40rem){
.wrap{padding-inline:1rem}
h1{font-size:1.375rem}
.intro{padding-top:1.25rem}
.row>summary{flex-wrap:wrap;gap:.375rem .625rem;padding:.75rem .75rem}
.row>summary .what{flex-basis:100%;order:5}
.fixes .what{padding-left:0}
.rank{width:auto}
.gain{width:auto;margin-left:auto;line-height:1.7}
.effort{width:auto}
.body{padding:.25rem .75rem 1rem}
.prose{grid-template-columns:minmax(0,1fr);gap:.125rem}
.prose dd{margin-bottom:.5rem}
th,td{padding:.375rem .625rem}
.numbers td,.numbers thead th:not(:first-child){width:auto}
.l>i{width:2.5rem;padding-right:.625rem}
select{max-width:100%}
.filter select{flex:1 1 40%}
.filter{padding:.75rem}
}
@media (forced-colors:active){.badge,.word,.chip,mark{border:1px solid}.tally rect{fill:CanvasText}}
@media print{
:root,:root[data-theme=dark],:root:not([data-theme=light]){${theme(0)}}
@page{margin:14mm}
body{background:#fff;font-size:10pt}
.top,.panel,.source{background:#fff}
.wrap{max-width:none;padding-inline:0}
.skip,.filter,.pages,.controls,.bar button{display:none!important}
details::details-content{content-visibility:visible;display:block;block-size:auto}
details>summary{break-after:avoid}
.row>summary::before{display:none}
.more>summary{display:none}
.many .finding{content-visibility:visible}
h2,h3{break-after:avoid}
.source,tr{break-inside:avoid}
.source pre{white-space:pre-wrap}
.l{width:auto;white-space:pre-wrap}
.badge,.word,.chip,mark,.add,.del,.tally rect,.tally li::before{print-color-adjust:exact;-webkit-print-color-adjust:exact}
main>section{margin-top:1.5rem}
a{color:inherit}
}
`
