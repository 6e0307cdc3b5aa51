import { session_window as en } from "../../locales/en.json"
import { session_window as fr } from "../../locales/fr.json"
import { addTexts } from "../ui/text"

// What is said in this window alone: the script on companies' pages goes without.
addTexts({ en, fr })
