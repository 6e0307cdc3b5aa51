import "@fontsource-variable/inter/index.css"
import { sheet } from "../ui/dom"
import { pickLanguage, setLanguage } from "../ui/text"
import { ClientPage } from "./page"

setLanguage(pickLanguage(document.documentElement.lang, ...navigator.languages))
document.adoptedStyleSheets = [sheet("html, body { margin: 0; background: light-dark(#f6f7f9, #111418); }")]
customElements.define("deskside-client", ClientPage)
