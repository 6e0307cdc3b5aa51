import "@fontsource-variable/inter/wght.css"
import "@mantine/core/styles.css"
import "@mantine/notifications/styles.css"
import "@mantine/spotlight/styles.css"
import "../staff/tokens.css"
import "../staff/base.css"
import { createRoot } from "react-dom/client"
import { I18nextProvider } from "react-i18next"
import { Frame } from "../staff/Frame"
import { startLanguage, startTexts } from "../staff/i18n"
import { Staff } from "./Staff"

const texts = await startTexts(startLanguage(document.documentElement.lang))

createRoot(document.getElementById("root") as HTMLElement).render(
  <I18nextProvider i18n={texts}>
    <Frame>
      <Staff path={location.pathname} />
    </Frame>
  </I18nextProvider>,
)
