import { Menu, UnstyledButton } from "@mantine/core"
import { IconChevronDown, IconKeyboard } from "@tabler/icons-react"
import { useTranslation } from "react-i18next"
import type { NativeClient } from "../../../contract/messages"
import type { LiveScreen } from "../../../data/screens"
import { combinations, FUNCTION_KEYS, keepsForItself } from "./combinations"
import { useLayer } from "./useLayer"

/** Keys that never reach this page, or mean something here: sent by a click. */
export function SpecialKeys({ live, platform }: { live: LiveScreen; platform: NativeClient["platform"] }) {
  const { t } = useTranslation()
  const layer = useLayer()
  return (
    <Menu position="bottom-end" width={260} portalProps={layer}>
      <Menu.Target>
        <UnstyledButton className="page-tool" aria-label={t("staff.screen.keys")} title={t("staff.screen.keys")}>
          <IconKeyboard size={18} aria-hidden />
          <IconChevronDown size={14} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown className="tool-menu">
        {combinations(platform).map(([name, keys]) => (
          <Menu.Item key={name} onClick={() => live.screen.combine(keys)}>
            {t(`staff.screen.key.${name}`)}
          </Menu.Item>
        ))}
        {keepsForItself(platform) && (
          <Menu.Item disabled>
            {t("staff.screen.key.attention")}
            <small className="why">{t("staff.screen.attention_kept")}</small>
          </Menu.Item>
        )}
        <Menu.Divider />
        <div className="function-keys">
          {FUNCTION_KEYS.map((key) => (
            <Menu.Item key={key} onClick={() => live.screen.combine([key])}>
              {key}
            </Menu.Item>
          ))}
        </div>
      </Menu.Dropdown>
    </Menu>
  )
}
