// The texts of a map. A page gives them in its own language; `{count}` stands for a number. What it leaves out is "".
//   map, offers            names of the map and of the group of pins on it
//   pin, cluster           names of a pin without a category, and of several offers ("Offers here: {count}")
//   categories             name per category
//   zoomIn, zoomOut, searchHere, close, previous, next, here (the visitor's own place), failed
export class Labels {
  constructor(given = {}) {
    this.given = given;
    this.numbers = new Intl.NumberFormat(document.documentElement.lang || undefined);
  }

  text(name) {
    return this.given[name] ?? "";
  }

  counted(name, count) {
    const number = this.numbers.format(count);
    const text = this.text(name);
    return text.includes("{count}") ? text.replace("{count}", number) : `${number} ${text}`.trim();
  }

  category(name) {
    return this.given.categories?.[name] ?? "";
  }
}
