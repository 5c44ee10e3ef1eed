import { type Content, markup, type Html } from "./html.js";

/** A column of a table. */
export interface TableColumn<Row> {
  heading: string;
  cell: (row: Row) => Content;
  /** Numbers are aligned on the right. Default false. */
  isNumber?: boolean;
}

/** Returns a table whose first column contains the headings of the rows. It scrolls where the page is narrower. */
export function dataTable<Row>(caption: string, columns: readonly TableColumn<Row>[], rows: readonly Row[]): Html {
  const classOf = ({ isNumber = false }: TableColumn<Row>) => (isNumber ? "number" : "text");
  const head = columns.map((column) => markup`<th scope="col" class="${classOf(column)}">${column.heading}</th>`);
  const body = rows.map((row) => {
    const cells = columns.map((column, index) =>
      index === 0
        ? markup`<th scope="row" class="${classOf(column)}">${column.cell(row)}</th>`
        : markup`<td class="${classOf(column)}">${column.cell(row)}</td>`,
    );
    return markup`<tr>${cells}</tr>\n`;
  });
  return markup`<div class="scroll" role="region" tabindex="0" aria-label="${caption}">
<table><caption>${caption}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${body}</tbody></table>
</div>
`;
}

/** Returns content that the reader opens, such as the table behind a chart. */
export function details(summary: string, content: Content): Html {
  return markup`<details><summary>${summary}</summary>${content}</details>`;
}
