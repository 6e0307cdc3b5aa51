import { Menu, UnstyledButton, useMantineColorScheme } from "@mantine/core"
import { IconKeyboard, IconLogout } from "@tabler/icons-react"
import { useTranslation } from "react-i18next"
import { logout } from "../../data/auth"
import { useStore } from "../../data/store"
import { initials } from "../../staff/format"
import { choose, LANGUAGE_NAMES, LANGUAGES } from "../../staff/i18n"
import { change, type Settings, settings } from "../../staff/settings"
import { useConsole } from "../context"
import { useDialog } from "../dialogs/dialogs"

const SCHEMES = ["light", "dark", "auto"] as const
const SWITCHES: readonly (keyof Settings)[] = ["offerSound", "messageSound", "leftSound", "micOnAccept", "letterKeys"]

/** Language, theme, habits, and the way out. `plain`: on pages that have no sounds and keys. */
export function UserMenu({ plain }: { plain?: boolean }) {
  const { t } = useTranslation()
  const { user } = useConsole()
  const dialogs = useDialog()
  return (
    <Menu position="bottom-end" width={280}>
      <Menu.Target>
        <UnstyledButton className="avatar">
          <span className="unseen">{t("staff.menu.open", { name: user.display_name })}</span>
          <span aria-hidden>{initials(user.display_name)}</span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown className="tall-menu">
        <Menu.Label>{user.display_name}</Menu.Label>
        <Menu.Divider />
        <Languages />
        <Schemes />
        {!plain && <Habits />}
        <Menu.Divider />
        {!plain && (
          <Menu.Item leftSection={<IconKeyboard size={16} />} onClick={() => dialogs.show("keys")}>
            {t("staff.keys.title")}
          </Menu.Item>
        )}
        <Menu.Item
          leftSection={<IconLogout size={16} />}
          onClick={() => void logout().finally(() => location.assign("/login"))}
        >
          {t("staff.menu.sign_out")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

function Languages() {
  const { t, i18n } = useTranslation()
  return (
    <Menu.RadioGroup value={i18n.language} onChange={(language) => void choose(i18n, language)}>
      <Menu.Label>{t("staff.menu.language")}</Menu.Label>
      {LANGUAGES.map((language) => (
        <Menu.RadioItem key={language} value={language} lang={language}>
          {LANGUAGE_NAMES[language]}
        </Menu.RadioItem>
      ))}
    </Menu.RadioGroup>
  )
}

function Schemes() {
  const { t } = useTranslation()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <Menu.RadioGroup value={colorScheme} onChange={(scheme) => setColorScheme(scheme as (typeof SCHEMES)[number])}>
      <Menu.Label>{t("staff.menu.theme")}</Menu.Label>
      {SCHEMES.map((scheme) => (
        <Menu.RadioItem key={scheme} value={scheme}>
          {t(`staff.menu.theme_${scheme}`)}
        </Menu.RadioItem>
      ))}
    </Menu.RadioGroup>
  )
}

function Habits() {
  const { t } = useTranslation()
  const now = useStore(settings, (all) => all)
  return (
    <>
      <Menu.Label>{t("staff.menu.sounds")}</Menu.Label>
      {SWITCHES.map((key) => (
        <Menu.CheckboxItem key={key} checked={now[key]} onChange={(on) => change({ [key]: on })}>
          {t(`staff.settings.${key}`)}
        </Menu.CheckboxItem>
      ))}
    </>
  )
}
