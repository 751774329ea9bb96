// SPDX-License-Identifier: BSD-2-Clause
// What a dashboard is, by Grafana's own types: test_grafana.py puts each dashboard behind this as a literal, for tsc to judge.
import type * as board from "@grafana/schema/dist/esm/raw/dashboard/x/dashboard_types.gen.js";
import type * as bars from "@grafana/schema/dist/esm/raw/composable/bargauge/panelcfg/x/BarGaugePanelCfg_types.gen.js";
import type * as stat from "@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen.js";
import type * as table from "@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen.js";
import type * as lines from "@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen.js";

// As a file has it: words in place of enumerations, and without what Grafana adds by itself.
type Plain<T> = T extends string ? `${T}` : T extends (infer U)[] ? Plain<U>[] : T extends object ? { [K in keyof T]?: Plain<T[K]> } : T;

type Values<T, Before extends string = ""> =
  { [K in keyof T & string]-?: { id: `${Before}${K}`; value: Plain<T[K]> } }[keyof T & string];
type Fields<Custom> = {
  defaults: Plain<Omit<board.FieldConfig, "custom">> & { custom?: Plain<Custom> };
  overrides: { matcher: board.MatcherConfig; properties: (Values<Omit<board.FieldConfig, "custom">> | Values<Custom, "custom.">)[] }[];
};
type Link = { title: string; url: string };
type Query = { refId: string; expr: string; legendFormat: string; range?: boolean; instant?: boolean; format?: "table" };

type Kind<Name extends string, Options, Custom> =
  Plain<Omit<board.Panel, "type" | "options" | "fieldConfig" | "targets">> & {
    type: Name; id: number; title: string; gridPos: board.GridPos; targets: Query[];
    options: Plain<Options>; fieldConfig: Fields<Custom>;
  };
type Panel = Kind<"timeseries", lines.Options, lines.FieldConfig> | Kind<"table", table.Options, table.FieldConfig>
  | Kind<"stat", stat.Options, {}> | Kind<"bargauge", bars.Options, {}>;
type Row = Plain<Omit<board.RowPanel, "panels">> & { type: "row"; panels: Panel[] };

type Input = { name: string; label: string; description: string; type: "datasource"; pluginId: string; pluginName: string };
type Required = { type: "grafana" | "datasource" | "panel"; id: string; name: string; version: string };
export type File = Plain<Omit<board.Dashboard, "panels" | "templating">> & {
  __inputs: Input[]; __requires: Required[]; panels: (Panel | Row)[];
  templating: { list: (Plain<board.VariableModel> & { definition?: string })[] };
};
