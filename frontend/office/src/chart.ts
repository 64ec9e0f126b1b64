/** Charts: lines, bars and fans from the JSON beside them; colours come from the tokens. */
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use, type EChartsCoreOption } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

type Value = number | null;
interface Series {
  name: string;
  values: Value[];
  state?: string;
}
interface Chart {
  kind: "line" | "bar" | "fan";
  unit?: string;
  labels: string[];
  series: Series[];
}

function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

const PLAIN = ["--brand", "--ink-3", "--brand-mid", "--control"];

function colour(series: Series, place: number): string {
  return token(series.state ? `--${series.state}-fill` : (PLAIN[place % PLAIN.length] ?? "--brand"));
}

function drawn(chart: Chart): object[] {
  if (chart.kind === "fan") return fan(chart);
  return chart.series.map((series, place) => ({
    name: series.name,
    type: chart.kind,
    data: series.values,
    color: colour(series, place),
    symbolSize: 5,
    barMaxWidth: 28,
    lineStyle: { width: 2, type: place % 2 ? "dashed" : "solid" },
  }));
}

/** A band between the 10th and the 90th percentile, the middle as a line. */
function fan(chart: Chart): object[] {
  const [low, middle, high] = ["p10", "p50", "p90"].map(
    (name) => chart.series.find((series) => series.name === name)?.values ?? [],
  ) as [Value[], Value[], Value[]];
  const spread = high.map((value, place) => difference(value, low[place] ?? null));
  const hidden = { type: "line", stack: "fan", symbol: "none", lineStyle: { opacity: 0 }, silent: true };
  return [
    { ...hidden, data: low, tooltip: { show: false } },
    { ...hidden, data: spread, areaStyle: { color: token("--brand-soft"), opacity: 1 }, tooltip: { show: false } },
    { name: "p50", type: "line", data: middle, color: token("--brand"), symbolSize: 5, lineStyle: { width: 2 } },
  ];
}

function difference(high: Value, low: Value): Value {
  return high === null || low === null ? null : high - low;
}

function option(chart: Chart): EChartsCoreOption {
  const words = { color: token("--ink-3"), fontFamily: token("--sans"), fontSize: 12 };
  return {
    animation: false,
    textStyle: words,
    grid: { left: 8, right: 16, top: 32, bottom: 8, containLabel: true },
    tooltip: { trigger: "axis", confine: true },
    legend: { show: chart.kind !== "fan" && chart.series.length > 1, top: 0, right: 0, textStyle: words, itemHeight: 8 },
    xAxis: { type: "category", data: chart.labels, axisLabel: words, axisLine: { lineStyle: { color: token("--line-strong") } }, axisTick: { show: false } },
    yAxis: { type: "value", name: chart.unit ?? "", nameTextStyle: words, axisLabel: words, splitLine: { lineStyle: { color: token("--line") } } },
    series: drawn(chart),
  };
}

for (const box of document.querySelectorAll<HTMLElement>("[data-chart]")) {
  const source = document.getElementById(box.dataset["chart"] ?? "");
  if (!source?.textContent) continue;
  const view = init(box, null, { renderer: "svg" });
  view.setOption(option(JSON.parse(source.textContent) as Chart));
  new ResizeObserver(() => view.resize()).observe(box);
}
