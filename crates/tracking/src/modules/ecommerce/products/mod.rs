//! What becomes of what is sold: looked at, put into carts, ordered, given back; and of the lists and promotions that show
//! it.

mod facts;
mod report;
mod rules;

pub(super) use report::PRODUCTS;
