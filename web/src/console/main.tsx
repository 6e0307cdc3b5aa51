import "@fontsource-variable/inter/wght.css"
import "@mantine/core/styles.css"
import "@mantine/notifications/styles.css"
import "@mantine/spotlight/styles.css"
import "../ui/tokens.css"
import "../ui/base.css"
import { createRoot } from "react-dom/client"
import { I18nextProvider } from "react-i18next"
import { Frame } from "../ui/Frame"
import { startLanguage, startTexts } from "../ui/i18n"
import { Staff } from "./Staff"

const texts = await startTexts(startLanguage(document.documentElement.lang))

createRoot(document.getElementById("root") as HTMLElement).render(
  <I18nextProvider i18n={texts}>
    <Frame>
      <Staff path={location.pathname} />
    </Frame>
  </I18nextProvider>,
)
