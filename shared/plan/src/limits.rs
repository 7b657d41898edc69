//! Every limit of the engine, with its unit in its name. They stand here, and not in the engine, for the API publishes them.

use serde::Serialize;

/// The limits in force.
pub const LIMITS: Limits = Limits {
    max_document_bytes: 500_000_000,
    max_text_bytes: 64 << 20,
    max_pages: 5_000,
    max_html_depth: 512,
    max_markup_nodes: 2_000_000,
    max_json_depth: 128,
    max_xml_depth: 256,
    max_rtf_depth: 256,
    max_attributes: 1_000,
    max_table_cells: 1_000_000,
    max_tables: 10_000,
    max_links: 100_000,
    max_structured_values: 100_000,
    max_records: 100_000,
    max_field_values: 500_000,
    max_eml_depth: 8,
    max_eml_parts: 10_000,
    max_members: 1_000,
    max_member_depth: 4,
    max_unpacked_bytes: 256 << 20,
    max_package_entries: 10_000,
    max_unpack_ratio: 300,
    max_data_values: 3_000_000,
    max_selector_steps: 50_000_000,
    max_selected_bytes: 64 << 20,
};

/// What a document may ask of the engine. Whatever is passed is a `limit_exceeded`
/// that names the limit, or, where leaving out the rest is more useful than refusing all, a warning that says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Limits {
    /// Size of one document, in bytes. Passed: refused.
    pub max_document_bytes: usize,
    /// Length of the text of one document, in bytes of UTF-8. Passed: refused.
    pub max_text_bytes: usize,
    /// Pages of one document. Passed: refused.
    pub max_pages: usize,
    /// Depth of nested HTML elements. Passed: refused, for parsers need quadratic time in depth.
    pub max_html_depth: usize,
    /// Elements, texts and attributes of an HTML or XML document together. Passed: refused:
    /// each takes memory.
    pub max_markup_nodes: usize,
    /// Depth of nested JSON arrays and objects. Passed: refused.
    pub max_json_depth: usize,
    /// Depth of nested XML elements. Passed: refused.
    pub max_xml_depth: usize,
    /// Depth of nested RTF groups. Passed: refused.
    pub max_rtf_depth: usize,
    /// Attributes of one HTML or XML element. Passed: refused, for parsers need
    /// quadratic time in them.
    pub max_attributes: usize,
    /// Cells of all tables of one document together. Passed: the rest is left out, with a warning.
    pub max_table_cells: usize,
    /// Tables of one document. Passed: the rest is left out, with a warning.
    pub max_tables: usize,
    /// Links of one document. Passed: the rest is left out, with a warning.
    pub max_links: usize,
    /// Values of all structured data of one document together. Passed: the rest is left out, with a warning.
    pub max_structured_values: usize,
    /// Records found in one document. Passed: the rest is left out, with a warning.
    pub max_records: usize,
    /// Values of all fields of one document together. Passed: the rest is left out, with a warning.
    pub max_field_values: usize,
    /// Depth of nested parts in an e-mail. Passed: refused.
    pub max_eml_depth: usize,
    /// Parts of an e-mail. Passed: refused.
    pub max_eml_parts: usize,
    /// Documents within one document, at any depth: members of archives, attachments of e-mails. Passed: refused.
    pub max_members: usize,
    /// How many documents a document may stand in. Passed: that document is refused.
    pub max_member_depth: usize,
    /// Size of all that is unpacked from one document (members of archives, parts of office documents), in bytes.
    /// Passed: refused.
    pub max_unpacked_bytes: usize,
    /// Entries of one zip package, folders included. Passed: refused.
    pub max_package_entries: usize,
    /// How many times its packed size an entry of a package may unpack to once it is over 16 MB. Passed: refused, for
    /// it is made to fill memory.
    pub max_unpack_ratio: usize,
    /// Values of one JSON document and its kin, where selectors are to pick from it. Passed: refused.
    /// Values of one JSON document and its kin, where selectors are to pick from it; and of what one step of a `JSONPath` query
    /// selects. Passed: refused.
    pub max_data_values: usize,
    /// Steps of all selectors in one document together; a step is a look at one node or value. Passed: refused.
    pub max_selector_steps: usize,
    /// Length of all that selectors pick from one document together, in bytes as they lie in memory. Passed: refused.
    pub max_selected_bytes: usize,
}
