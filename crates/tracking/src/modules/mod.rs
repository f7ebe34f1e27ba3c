//! The modules, in the order of an event's journey. A new one is one folder and one line here.

pub mod active_users;
pub mod attribution;
pub mod consent;
pub mod device_intel;
pub mod ecommerce;
pub mod geo_time;
pub mod page_analytics;
pub mod performance;
pub mod sessions;

use ut_core::module::Module;

/// Every module of this build. Order matters: `admit` runs in this order.
pub const MODULES: &[&dyn Module] = &[
    &consent::ConsentModule,
    &device_intel::DeviceIntel,
    &geo_time::GeoTime,
    &page_analytics::PageAnalytics,
    &sessions::Sessions,
    &attribution::Attribution,
    &ecommerce::Ecommerce,
    &active_users::ActiveUsers,
    &performance::Performance,
];
