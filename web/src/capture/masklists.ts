/** Attributes and values by what they may tell of a person. */

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/))
}

/** Never of use to somebody who looks, or able to do something. */
export const LEFT_OUT = words("srcdoc nonce integrity action formaction ping manifest crossorigin autofocus autoplay")

/** Addresses. */
export const ADDRESSES = words("href src poster background cite data longdesc xlink:href codebase classid usemap")

/** Shape and place, as the page's author wrote them: needed to look the same. */
export const SHAPE = words(`
  accept align allowfullscreen as async autocapitalize autocomplete axis bgcolor bordercolor border cellpadding
  cellspacing char charoff charset class clear color cols colspan compact contenteditable controls controlslist coords
  decoding defer dir dirname disabled download draggable enctype enterkeyhint exportparts face fetchpriority for form
  frame frameborder headers height hidden high hreflang hspace id imagesizes inert inputmode is ismap itemprop
  itemscope itemtype kind lang loading loop low marginheight marginwidth max maxlength media method min minlength
  multiple muted name noshade novalidate nowrap open optimum part pattern playsinline popover popovertarget
  popovertargetaction preload readonly rel required rev reversed role rows rowspan rules scope scrolling
  shadowrootmode shape size sizes slot span spellcheck start step tabindex target translate type valign version
  vspace width wrap xml:lang xml:space xmlns xmlns:xlink`)

/** Text that is shown or read out. */
export const TEXTS = words("placeholder title alt label abbr summary standby prompt content")

/** Of `aria-`: numbers of other elements. */
export const REFERENCES = words(
  "aria-activedescendant aria-controls aria-describedby aria-details aria-errormessage aria-flowto aria-labelledby aria-owns",
)

/** Of `aria-`: states. */
export const STATES = words(`
  aria-atomic aria-autocomplete aria-busy aria-checked aria-colcount aria-colindex aria-colspan aria-current
  aria-disabled aria-dropeffect aria-expanded aria-grabbed aria-haspopup aria-hidden aria-invalid aria-level aria-live
  aria-modal aria-multiline aria-multiselectable aria-orientation aria-posinset aria-pressed aria-readonly
  aria-relevant aria-required aria-rowcount aria-rowindex aria-rowspan aria-selected aria-setsize aria-sort`)

/** Of a checked field these say what was typed there. */
export const TELLING_STATES = words("aria-checked aria-selected aria-pressed checked selected")

/** Values that only say in what state a part of the page is: rules of CSS look for them. */
export const HARMLESS = words(`
  true false yes no on off open opened closed show shown hide hidden visible none auto active inactive enabled disabled
  checked unchecked indeterminate mixed selected expanded collapsed pressed focused hovered loading loaded idle error
  success warning info entering entered exiting exited light dark system left right top bottom start end center middle
  horizontal vertical both row column rows columns xs sm md lg xl xxl small medium large full half primary secondary
  tertiary ghost outline solid default button menu menuitem listbox dialog grid tree tooltip tab tabs list item first
  last even odd step page location date time polite assertive ascending descending other text all inline block`)

/** What parts of a page's own kind call their looks. */
export const LOOKS = words(`
  align appearance axis color cols columns density direction display elevation fill flex gap gutter intent justify
  kind layout level mode orientation padding placement position radius rounded rows scheme shape side size spacing
  state status theme tone trigger type variant weight width`)

/** `meta` of these names says how the page is to be shown. */
export const METAS = words("viewport color-scheme theme-color")

/** Kinds of fields that take any text: what stands there can be shown as so many dots. */
export const TYPED = words("text search email tel url password")

/** Fields that nobody but their owner reads, whatever a company's rules say, as HTML names them. */
export const SECRET_TOKEN = /^(cc-.+|one-time-code|current-password|new-password)$/

/** And as pages name them that do not. */
export const SECRET_NAME =
  /passw(or)?[dt]|pass(code|phrase|wd)|\bpwd|kennwort|mot.?de.?passe|card.?(n(um|o\b)|cvc|cvv|code|exp)|\bcc.?(n(um|o\b)|csc|cvc|cvv|exp)|\bc(vv|vc|sc)2?\b|security.?code|\b[ot]otp\b|\botp|one.?time.?code/i

/** Of drawings and formulas: lengths, paths, colours, how they move. */
export const DRAWN = words(`
  accumulate additive alignment-baseline amplitude attributename attributetype azimuth basefrequency baseline-shift
  begin bias by calcmode clip clip-path clip-rule clippathunits color-interpolation color-interpolation-filters
  color-rendering cursor cx cy d diffuseconstant direction display divisor dominant-baseline dur dx dy edgemode
  elevation end exponent fill fill-opacity fill-rule filter filterunits flood-color flood-opacity font-family font-size
  font-size-adjust font-stretch font-style font-variant font-weight fr from fx fy glyph-orientation-horizontal
  glyph-orientation-vertical gradienttransform gradientunits image-rendering in in2 intercept isolation k1 k2 k3 k4
  kernelmatrix kernelunitlength keypoints keysplines keytimes lengthadjust letter-spacing lighting-color
  limitingconeangle marker marker-end marker-mid marker-start markerheight markerunits markerwidth mask
  mask-type maskcontentunits maskunits mix-blend-mode mode numoctaves offset opacity operator order orient origin
  overflow overline-position overline-thickness paint-order path pathlength patterncontentunits patterntransform
  patternunits pointer-events points pointsatx pointsaty pointsatz preservealpha preserveaspectratio primitiveunits r
  radius refx refy repeatcount repeatdur requiredextensions requiredfeatures restart result rotate rx ry scale seed
  shape-rendering side spacing specularconstant specularexponent spreadmethod startoffset stddeviation stitchtiles
  stop-color stop-opacity stroke stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit
  stroke-opacity stroke-width surfacescale systemlanguage tablevalues targetx targety text-anchor text-decoration
  text-overflow text-rendering textlength to transform transform-box transform-origin unicode-bidi values vector-effect
  viewbox visibility white-space word-spacing writing-mode x x1 x2 xchannelselector y y1 y2 ychannelselector z zoomandpan
  accent accentunder columnalign columnlines columnspacing columnspan depth displaystyle fence framespacing largeop
  linethickness lquote lspace mathbackground mathcolor mathsize mathvariant maxsize minsize movablelimits notation
  rowalign rowlines rowspacing rquote rspace scriptlevel scriptminsize scriptsizemultiplier separator separators
  stretchy subscriptshift superscriptshift symmetric voffset`)
