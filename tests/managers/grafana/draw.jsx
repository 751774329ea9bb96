// SPDX-License-Identifier: BSD-2-Clause
// Draws a dashboard as its file has it, with Grafana's components. window.drawn has the dashboard, and what Prometheus
// answered to each query; what Grafana's data source makes of an answer is made here.
import "@fontsource/inter/400.css";
import "@fontsource/inter/500.css";
import "uplot/dist/uPlot.min.css";
import React from "react";
import { createRoot } from "react-dom/client";
import {
  EventBusSrv, FieldConfigOptionsRegistry, FieldType, applyFieldOverrides, createTheme, dateTime,
  getDisplayValueAlignmentFactors, getFieldDisplayValues, identityOverrideProcessor, standardFieldConfigEditorRegistry,
  standardTransformers, standardTransformersRegistry, toDataFrame, transformDataFrame,
} from "@grafana/data";
import {
  BarGauge, BigValue, GlobalStyles, PanelChrome, PanelContextProvider, Table, ThemeContext, TimeSeries, VizRepeater,
} from "@grafana/ui";

const { dashboard, answers, from, to, host, width } = window.drawn;
const theme = createTheme({ colors: { mode: "dark" } });
const range = { from: dateTime(from * 1000), to: dateTime(to * 1000), raw: { from: "now-1h", to: "now" } };
const shared = { theme, timeZone: "utc", replaceVariables: (text) => text };
const faint = { color: theme.colors.text.secondary };

// What Grafana itself registers: transformations, and the settings of fields.
standardTransformersRegistry.setInit(() =>
  [standardTransformers.mergeTransformer, standardTransformers.organizeFieldsTransformer].map((one) => (
    { id: one.id, name: one.name, transformation: one, editor: () => null })));
const set = new Set(dashboard.panels.filter(({ fieldConfig }) => fieldConfig).flatMap(({ fieldConfig: one }) => [
  ...Object.keys(one.defaults), ...Object.keys(one.defaults.custom ?? {}).map((id) => `custom.${id}`),
  ...one.overrides.flatMap(({ properties }) => properties.map(({ id }) => id)),
]));
set.add("color").delete("custom");
standardFieldConfigEditorRegistry.setInit(() => []);
const fieldConfigRegistry = new FieldConfigOptionsRegistry(() => [...set].map((id) => ({
  id, path: id.replace("custom.", ""), name: id, isCustom: id.startsWith("custom."), settings: {},
  process: identityOverrideProcessor, shouldApply: () => true })));

// --- Frames, as Grafana's data source for Prometheus makes them -------------------------------------------------------

const timeOf = (values, config = {}) => ({ name: "Time", type: FieldType.time, config, values: values.map(([at]) => at * 1000) });
const numbersOf = (values, more) => ({ type: FieldType.number, config: {}, values: values.map(([, value]) => Number(value)), ...more });

function series({ target, step, result }) {
  return result.map(({ metric: labels, value, values = [value] }) => {
    const name = target.legendFormat.replace(/\{\{(\w+)\}\}/g, (_, label) => labels[label] ?? "");
    return toDataFrame({ refId: target.refId, fields: [
      timeOf(values, { interval: step * 1000 }),
      numbersOf(values, { name: "Value", labels, config: { displayNameFromDS: name } }),
    ] });
  });
}

function rows({ target, result }, _, all) {
  const labels = [...new Set(result.flatMap(({ metric }) => Object.keys(metric)))].sort();
  const values = result.map(({ value }) => value);
  return toDataFrame({ refId: target.refId, fields: [
    timeOf(values),
    ...labels.map((name) => ({
      name, type: FieldType.string, config: {}, values: result.map(({ metric }) => metric[name] ?? "") })),
    numbersOf(values, { name: all.length > 1 ? `Value #${target.refId}` : "Value" }),
  ] });
}

function frames({ id, type, fieldConfig: { defaults, overrides }, transformations = [] }) {
  const mine = answers.filter((one) => one.id === id);
  let data = type === "table" ? mine.map(rows) : mine.flatMap(series);
  transformDataFrame(transformations, data).subscribe((made) => { data = made; });
  const mode = type === "timeseries" ? "palette-classic" : "thresholds"; // the default of such a panel
  return applyFieldOverrides({
    ...shared, data, fieldConfigRegistry, fieldConfig: { overrides, defaults: { color: { mode }, ...defaults } } });
}

// --- Panels -----------------------------------------------------------------------------------------------------------

const nothing = ({ fieldConfig }) => <div style={{ padding: 20 }}>{fieldConfig.defaults.noValue ?? "No data"}</div>;

const repeat = ({ fieldConfig, options }, data, size, draw) => (
  <VizRepeater {...size} source={data} orientation={options.orientation ?? "auto"} autoGrid itemSpacing={8}
    getValues={() => getFieldDisplayValues({ ...shared, data, fieldConfig, reduceOptions: options.reduceOptions })}
    getAlignmentFactors={getDisplayValueAlignmentFactors} minVizHeight={options.minVizHeight}
    maxVizHeight={options.maxVizHeight} renderValue={draw} />);

const KINDS = {
  timeseries: (panel, data, size) => data.length
    ? <TimeSeries frames={data} structureRev={1} timeRange={range} timeZone="utc" legend={panel.options.legend} {...size} />
    : nothing(panel),
  table: (panel, data, size) => data.length
    ? <Table data={data[0]} {...size} initialSortBy={panel.options.sortBy} cellHeight={panel.options.cellHeight} />
    : nothing(panel),
  stat: (panel, data, size) => repeat(panel, data, size, ({ value, width, height }) => (
    <BigValue {...panel.options} theme={theme} value={value.display} width={width} height={height} />)),
  bargauge: (panel, data, size) => repeat(panel, data, size, ({ value, ...place }) => (
    <BarGauge {...panel.options} {...place} theme={theme} value={value.display} field={value.field} itemSpacing={8}
      lcdCellWidth={12} display={value.view?.getFieldDisplayProcessor(value.colIndex)}
      valueDisplayMode={panel.options.valueMode} />)),
};
const PADDING = { table: "none", stat: "none" };

// --- The grid ---------------------------------------------------------------------------------------------------------

const GAP = 8, EDGE = 12, TOP = 56, ROW = 30, COLUMNS = 24;
const column = (width - 2 * EDGE - GAP * (COLUMNS - 1)) / COLUMNS;
const across = (n) => n * column + (n - 1) * GAP;
const down = (n) => n * ROW + (n - 1) * GAP;

const Heading = ({ collapsed, title, panels }) => <div style={{ fontSize: 16, fontWeight: 500, paddingTop: 4 }}>
  {collapsed ? "\u203a" : "\u2304"} {title} {collapsed && <span style={faint}>({panels.length} panels)</span>}</div>;

function Panel({ panel }) {
  const { title, type, gridPos: { x, y, w, h } } = panel;
  const data = type === "row" || frames(panel);
  const place = { position: "absolute", left: EDGE + x * (column + GAP), top: TOP + y * (ROW + GAP) };
  return <div data-panel={title} style={place}>{type === "row" ? <Heading {...panel} /> : (
    <PanelChrome title={title} width={across(w)} height={down(h)} padding={PADDING[type] ?? "md"}>
      {(width, height) => KINDS[type](panel, data, { width, height })}
    </PanelChrome>)}</div>;
}

const FONTS = ["400 14px Inter", "500 14px Inter"]; // texts are measured before they are drawn
const context = { eventsScope: "global", eventBus: new EventBusSrv() };
Promise.all(FONTS.map((font) => document.fonts.load(font))).then(() => createRoot(document.getElementById("root")).render(
  <ThemeContext.Provider value={theme}><GlobalStyles /><PanelContextProvider value={context}>
    <div style={{ position: "absolute", left: EDGE, top: 14, fontSize: 20, fontWeight: 500 }}>{dashboard.title}
      <span style={{ ...faint, marginLeft: 24, fontSize: 14 }}>{host && `Instance: ${host}`}</span></div>
    {dashboard.panels.map((panel) => <Panel key={panel.id} panel={panel} />)}
  </PanelContextProvider></ThemeContext.Provider>));
