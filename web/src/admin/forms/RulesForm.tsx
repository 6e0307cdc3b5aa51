import { useTranslation } from "react-i18next"
import { MAX_CAPACITY, type RulesItem } from "../types"
import { ChoiceField, NumberField, Part, SwitchField, useForm, Wide } from "./fields"
import { Limits } from "./Limits"

/** Settings of the whole company. */
export function RulesForm() {
  const { t } = useTranslation()
  const { item } = useForm<RulesItem>()
  return (
    <>
      <Part title={t("admin.rules.load")} about={t("admin.rules.load_about")}>
        <Wide>
          <SwitchField
            path="single_session"
            label={t("admin.rules.single_session")}
            about={t("admin.rules.single_session_about")}
          />
        </Wide>
        <Limits
          path="limits"
          usual={(medium) =>
            item.single_session || medium === "voice" || medium === "callback"
              ? "1"
              : t("admin.rules.as_capacity", { most: MAX_CAPACITY })
          }
        />
      </Part>
      <Part title={t("admin.rules.missed")} about={t("admin.rules.missed_about")}>
        <ChoiceField
          path="missed_offer"
          label={t("admin.rules.missed_offer")}
          data={(["not_ready", "stay_ready"] as const).map((value) => ({
            value,
            label: t(`admin.rules.missed_${value}`),
          }))}
        />
        <NumberField path="missed_offers" label={t("admin.rules.missed_offers")} min={1} max={100} />
        <NumberField
          path="reask_seconds"
          label={t("admin.rules.reask")}
          about={t("admin.rules.reask_about")}
          unit="s"
        />
        <NumberField
          path="grace_seconds"
          label={t("admin.rules.grace")}
          about={t("admin.rules.grace_about")}
          unit="s"
          min={1}
        />
      </Part>
      <Part title={t("admin.rules.states")}>
        <Wide>
          <SwitchField
            path="reason_required"
            label={t("admin.rules.reason_required")}
            about={t("admin.rules.reason_required_about")}
          />
        </Wide>
      </Part>
      <Part title={t("admin.rules.idle")} about={t("admin.rules.idle_about")}>
        <Wide>
          <SwitchField path="rejection_moves_back" label={t("admin.rules.rejection")} />
        </Wide>
        <Wide>
          <SwitchField path="missed_offer_moves_back" label={t("admin.rules.missed_moves")} />
        </Wide>
        <Wide>
          <SwitchField path="outbound_moves_back" label={t("admin.rules.outbound")} />
        </Wide>
      </Part>
      <Part title={t("admin.rules.queues")}>
        <NumberField path="hops" label={t("admin.rules.hops")} about={t("admin.rules.hops_about")} max={100} />
        <NumberField
          path="short_abandon_seconds"
          label={t("admin.rules.short_abandon")}
          about={t("admin.rules.short_abandon_about")}
          unit="s"
        />
      </Part>
      <Part title={t("admin.rules.indicator")} about={t("admin.rules.indicator_about")}>
        <NumberField path="indicator.slow_count" label={t("admin.rules.slow_count")} min={1} />
        <NumberField path="indicator.slow_seconds" label={t("admin.rules.slow_seconds")} unit="s" />
        <NumberField path="indicator.fast_count" label={t("admin.rules.fast_count")} min={1} />
        <NumberField path="indicator.fast_seconds" label={t("admin.rules.fast_seconds")} unit="s" />
      </Part>
      <Part title={t("admin.rules.figures")} about={t("admin.rules.figures_about")}>
        <Threshold path="busy" label={t("admin.rules.busy")} scale={100} unit="%" />
        <Threshold path="handle_time" label={t("admin.rules.handle_time")} unit="s" />
        <Threshold path="handled" label={t("admin.rules.handled")} decimals={1} />
      </Part>
    </>
  )
}

interface ThresholdProps {
  path: string
  label: string
  unit?: string
  scale?: number
  decimals?: number
}

function Threshold({ path, label, ...rest }: ThresholdProps) {
  const { t } = useTranslation()
  return (
    <>
      <NumberField
        path={`${path}.warn`}
        label={t("admin.rules.amber", { figure: label })}
        empty={t("admin.rules.never")}
        {...rest}
      />
      <NumberField
        path={`${path}.alarm`}
        label={t("admin.rules.red", { figure: label })}
        empty={t("admin.rules.never")}
        {...rest}
      />
    </>
  )
}
