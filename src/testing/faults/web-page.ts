/** What a gateway or a log-in portal shows in the vendor's place. */
export const webPage = (title: string): string =>
  `<!DOCTYPE html>\r\n<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`;
