import { type MantineColorScheme, Menu, UnstyledButton, useMantineColorScheme } from "@mantine/core"
import {
  IconArrowRight,
  IconBell,
  IconBellOff,
  IconCheck,
  IconDeviceDesktop,
  IconKeyboard,
  IconLogout,
  IconMicrophone,
  IconMoon,
  IconSun,
} from "@tabler/icons-react"
import { useTranslation } from "react-i18next"
import type { UserInfo } from "../../contract/messages"
import { logout, mayOpen, PLACES } from "../../data/auth"
import { useStore } from "../../data/store"
import { initials } from "../../staff/format"
import { choose, LANGUAGE_NAMES, LANGUAGES } from "../../staff/i18n"
import { change, type Settings, settings } from "../../staff/settings"

const SCHEMES = [
  ["light", IconSun],
  ["dark", IconMoon],
  ["auto", IconDeviceDesktop],
] as const

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
    <Menu position="bottom-end" width={280} closeOnItemClick={false}>
      <Menu.Target>
        <UnstyledButton className="avatar">
          <span className="unseen">{t("staff.menu.open", { name: user.display_name })}</span>
          <span aria-hidden>{initials(user.display_name)}</span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{user.display_name}</Menu.Label>
        <Languages />
        <Schemes />
        {onKeys && <Choices />}
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
    <>
      <Menu.Label>{t("staff.menu.language")}</Menu.Label>
      <Menu.RadioGroup value={i18n.language} onChange={(language) => void choose(i18n, language)}>
        {LANGUAGES.map((language) => (
          <Menu.RadioItem key={language} lang={language} value={language} checkIcon={<IconCheck size={16} />}>
            {LANGUAGE_NAMES[language]}
          </Menu.RadioItem>
        ))}
      </Menu.RadioGroup>
    </>
  )
}

function Schemes() {
  const { t } = useTranslation()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <>
      <Menu.Label>{t("staff.menu.theme")}</Menu.Label>
      <Menu.RadioGroup value={colorScheme} onChange={(scheme) => setColorScheme(scheme as MantineColorScheme)}>
        {SCHEMES.map(([scheme, Icon]) => (
          <Menu.RadioItem
            key={scheme}
            value={scheme}
            checkIcon={<IconCheck size={16} />}
            rightSection={<Icon size={16} />}
          >
            {t(`staff.menu.theme_${scheme}`)}
          </Menu.RadioItem>
        ))}
      </Menu.RadioGroup>
    </>
  )
}

const SWITCHES: readonly [keyof Settings, "sound" | "mic" | "keys"][] = [
  ["offerSound", "sound"],
  ["messageSound", "sound"],
  ["leftSound", "sound"],
  ["micOnAccept", "mic"],
  ["letterKeys", "keys"],
]

function Choices() {
  const { t } = useTranslation()
  const now = useStore(settings, (all) => all)
  const icon = (kind: "sound" | "mic" | "keys", on: boolean) => {
    if (kind === "mic") return <IconMicrophone size={16} />
    if (kind === "keys") return <IconKeyboard size={16} />
    return on ? <IconBell size={16} /> : <IconBellOff size={16} />
  }
  return (
    <>
      <Menu.Label>{t("staff.menu.sounds")}</Menu.Label>
      {SWITCHES.map(([key, kind]) => (
        <Menu.CheckboxItem
          key={key}
          checked={now[key]}
          checkIcon={<IconCheck size={16} />}
          rightSection={icon(kind, now[key])}
          onChange={(on) => change({ [key]: on })}
        >
          {t(`staff.settings.${key}`)}
        </Menu.CheckboxItem>
      ))}
    </>
  )
}
