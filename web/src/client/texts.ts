import { client_page as enPage, session_window as enWindow } from "../../locales/en.json"
import { client_page as frPage, session_window as frWindow } from "../../locales/fr.json"
import { addTexts } from "../ui/text"

// How the program is got is said here as in the session window.
addTexts({
  en: { client: enWindow.client, client_page: enPage },
  fr: { client: frWindow.client, client_page: frPage },
})
