import { Menu, UnstyledButton, useMantineColorScheme } from "@mantine/core"
import { notifications } from "@mantine/notifications"
import { IconArrowRight, IconKeyboard, IconLogout } from "@tabler/icons-react"
import type { TFunction } from "i18next"
import { useTranslation } from "react-i18next"
import type { UserInfo } from "../../contract/messages"
import { leave, mayOpen, PLACES } from "../../data/auth"
import { useStore } from "../../data/store"
import { initials } from "../../staff/format"
import { choose, LANGUAGE_NAMES, LANGUAGES } from "../../staff/i18n"
import { change, type Settings, settings } from "../../staff/settings"

/** The sign-out did not get through. */
export function stillIn(code: string, t: TFunction): void {
  const why = t(`common.error.${code}`, { defaultValue: t("common.error.server_error") })
  notifications.show({ color: "stop", autoClose: false, message: t("staff.menu.still_in", { why }) })
}

const SCHEMES = ["light", "dark", "auto"] as const
const SWITCHES: readonly (keyof Settings)[] = ["offerSound", "messageSound", "leftSound", "micOnAccept", "letterKeys"]

interface Props {
  user: UserInfo
  /** Only the console has keys and sounds. */
  onKeys?: () => void
}

/** Language, theme and habits, the other pages that this person may open, and the way out. */
export function UserMenu({ user, onKeys }: Props) {
  const { t } = useTranslation()
  const here = location.pathname.split("/")[1]
  const others = PLACES.filter((place) => place !== here && mayOpen(place, user))
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
        {onKeys && <Habits />}
        <Menu.Divider />
        {others.map((place) => (
          <Menu.Item
            key={place}
            component="a"
            href={`/${place}`}
            closeMenuOnClick
            leftSection={<IconArrowRight size={16} />}
          >
            {t(`staff.not_allowed.go_${place}`)}
          </Menu.Item>
        ))}
        {onKeys && (
          <Menu.Item closeMenuOnClick leftSection={<IconKeyboard size={16} />} onClick={onKeys}>
            {t("staff.keys.title")}
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void leave((code) => stillIn(code, t))}>
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
