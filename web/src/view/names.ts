/** Which elements and attributes of a customer's page are built in the view. What is not named here is not built. */

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter(Boolean))

/** HTML elements that are built as themselves. None of them loads, runs or sends anything by its mere name. */
export const HTML = words(`
  html head body title style address article aside footer header h1 h2 h3 h4 h5 h6 hgroup main nav section search
  blockquote dd div dl dt figcaption figure hr li menu ol p pre ul a abbr acronym b bdi bdo big br center cite code
  data dfn em font i kbd mark nobr q rp rt ruby s samp small span strike strong sub sup time tt u var wbr del ins
  area audio canvas img map picture source video caption col colgroup table tbody td tfoot th thead tr
  button datalist fieldset form input label legend meter optgroup option output progress select selectedcontent
  textarea details dialog summary slot noscript marquee dir listing plaintext xmp
`)

export const SVG = words(`
  svg g defs symbol use title desc a path rect circle ellipse line polyline polygon text tspan textPath image marker
  pattern clipPath mask linearGradient radialGradient stop filter feBlend feColorMatrix feComponentTransfer
  feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap feDistantLight feDropShadow feFlood feFuncA feFuncB
  feFuncG feFuncR feGaussianBlur feImage feMerge feMergeNode feMorphology feOffset fePointLight feSpecularLighting
  feSpotLight feTile feTurbulence switch style view foreignObject animate animateMotion animateTransform mpath
`)

export const MATH = words(`
  math mi mn mo ms mtext mspace mrow mfrac msqrt mroot mstyle merror mpadded mphantom msub msup msubsup munder mover
  munderover mmultiscripts mprescripts mtable mtr mtd semantics annotation
`)

/** Stand-ins of the size of what was there; all others that are not built are not seen at all. */
export const BOXES = words("object embed applet frame portal fencedframe")

/** Of any HTML element. `style`, URLs and fields have rules of their own. */
export const COMMON = words(`
  class id lang dir title hidden tabindex role part exportparts slot draggable contenteditable translate spellcheck
  align valign width height bgcolor color border hspace vspace nowrap noshade size face clear compact start type value
  reversed cellpadding cellspacing rules frame colspan rowspan headers scope abbr axis char charoff span summary
  alt usemap ismap shape coords open datetime label selected disabled checked readonly required multiple min max
  step minlength maxlength pattern placeholder rows cols wrap for low high optimum inputmode enterkeyhint media
  loading decoding controls loop playsinline muted inert direction scrollamount popover text link vlink alink
  marginwidth marginheight topmargin leftmargin
`)

/** Attributes of SVG without a hyphen; those with one are for presentation, and seen through as CSS. */
export const SVG_NAMES = words(`
  class id lang role tabindex x y x1 x2 y1 y2 cx cy r rx ry dx dy d points width height viewBox preserveAspectRatio
  transform fill stroke opacity color cursor direction display filter mask overflow visibility version rotate
  textLength lengthAdjust startOffset method side spacing offset gradientUnits gradientTransform spreadMethod fx fy fr
  patternUnits patternContentUnits patternTransform clipPathUnits maskUnits maskContentUnits markerWidth markerHeight
  markerUnits orient refX refY filterUnits primitiveUnits in in2 result mode type values operator k1 k2 k3 k4
  stdDeviation edgeMode order kernelMatrix divisor bias targetX targetY preserveAlpha surfaceScale diffuseConstant
  specularConstant specularExponent kernelUnitLength limitingConeAngle azimuth elevation z pointsAtX pointsAtY
  pointsAtZ scale xChannelSelector yChannelSelector radius baseFrequency numOctaves seed stitchTiles slope intercept
  amplitude exponent tableValues attributeName attributeType from to by begin dur end min max restart repeatCount
  repeatDur calcMode keyTimes keySplines keyPoints additive accumulate path pathLength origin media title slot part
  systemLanguage isolation
`)

export const MATH_NAMES = words(`
  class id dir role tabindex mathcolor mathbackground mathsize mathvariant displaystyle scriptlevel width height depth
  lspace rspace stretchy symmetric maxsize minsize largeop movablelimits fence separator accent accentunder
  linethickness columnspan rowspan columnalign rowalign columnspacing rowspacing columnlines rowlines frame
  framespacing voffset form display notation open close separators numalign denomalign bevelled align
`)

/** Have hyphens and a meaning, so the rule for hyphens does not let them in. */
export const NEVER = words("http-equiv accept-charset")

/** What an element of the page's own making (a hyphen in its tag) may not have either: meanings that all elements share. */
export const NOT_CUSTOM = words(`
  is nonce autofocus accesskey srcdoc src href srcset imagesrcset ping target action formaction formtarget formmethod
  method background poster data code codebase archive classid manifest profile longdesc lowsrc dynsrc cite name
  autocomplete allow allowfullscreen sandbox credentialless csp rel as fetchpriority popovertarget commandfor command
  interestfor list form shadowrootmode attributionsrc browsingtopics writingsuggestions virtualkeyboardpolicy
`)

/** Attributes that hold the address of a picture, by tag. */
export const PICTURES: Readonly<Record<string, readonly string[]>> = {
  img: ["src", "srcset"],
  source: ["srcset"],
  input: ["src"],
  video: ["poster", "src"],
  audio: ["src"],
  body: ["background"],
  table: ["background"],
  tbody: ["background"],
  thead: ["background"],
  tfoot: ["background"],
  tr: ["background"],
  td: ["background"],
  th: ["background"],
  "svg:image": ["href", "xlink:href"],
  "svg:feImage": ["href", "xlink:href"],
}

/** SVG elements whose `href` may name another element of the document. */
export const REFERRING = new Set([
  "svg:use",
  "svg:textPath",
  "svg:mpath",
  "svg:linearGradient",
  "svg:radialGradient",
  "svg:pattern",
  "svg:filter",
  "svg:feImage",
])

/** Types of `input` that look like something else than a line of text and do nothing by themselves. */
export const INPUTS = words(`
  text search tel url email number range color date time month week datetime-local checkbox radio button submit reset
  hidden image file
`)
