
"use strict";
{
  // The page is in English, and so are its dates.
  const english = navigator.languages.find((language) => /^en(-|$)/i.test(language)) ?? "en-GB";
  const here = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const box = document.getElementById("when");
  const times = [...box.querySelectorAll("time")];
  const [start, end] = times.map((time) => new Date(time.dateTime));

  const format = (timeZone, options) =>
    new Intl.DateTimeFormat(english, { calendar: "gregory", numberingSystem: "latn", timeZone, ...options });

  // As the server wrote it: the day of the end is said only where it is another.
  const both = (timeZone, dateStyle) => {
    const [day, clock] = [format(timeZone, { dateStyle }), format(timeZone, { timeStyle: "short" })];
    const [days, clocks] = [day, clock].map((part) => [start, end].map((time) => part.format(time)));
    const [first, last] = clocks.map((text) => text.replace(/\s/g, "\u00a0"));
    return days[0] === days[1]
      ? [`${days[0]}\n${first}`, " to ", last]
      : [`${days[0]}, ${first}`, "\nto ", `${days[1]}, ${last}`];
  };

  const zone = (time) => {
    const part = (timeZoneName) =>
      format(here, { timeZoneName }).formatToParts(time).find(({ type }) => type === "timeZoneName").value;
    const [name, offset] = [part("long"), part("shortOffset").replace("GMT", "UTC")];
    // Not every zone has a name in every language.
    return `${name.startsWith("GMT") ? here : name} (${offset})`;
  };

  if (!/^(Etc\/)?UTC$/.test(here)) {
    // All that can fail comes first, so that the page says either one thing or the other.
    const [local, utc, zones] = [both(here, "full"), both("UTC", "long"), new Set([zone(start), zone(end)])];
    times[0].textContent = local[0];
    times[0].nextSibling.data = local[1];
    times[1].textContent = local[2];
    box.querySelector(".zone").textContent = [...zones].join(", then ");
    const line = document.createElement("p");
    line.className = "utc";
    line.textContent = `In UTC: ${utc.join("").replace("\nto", " to").replace("\n", ", ")}`;
    box.append(line);
  }
}
