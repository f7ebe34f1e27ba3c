//! Routes that cannot be added without saying what they are: the router and the document are made of the same list.

use super::operation::Operation;
use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{self, MethodRouter};

/// One method of one path.
#[derive(Debug, Clone)]
pub(crate) struct Described {
    pub(crate) method: Method,
    /// As the router writes it: `/api/v1/sites/{id}`.
    pub(crate) path: &'static str,
    pub(crate) operation: Operation,
}

/// Routes and what is said of them.
#[derive(Debug)]
pub(crate) struct Routes<S> {
    router: Router<S>,
    operations: Vec<Described>,
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    pub(crate) fn new() -> Self {
        Self { router: Router::new(), operations: Vec::new() }
    }

    /// `GET`, and with it `HEAD`.
    pub(crate) fn get<H, T>(self, path: &'static str, operation: Operation, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.add(Method::GET, path, operation, routing::get(handler))
    }

    pub(crate) fn post<H, T>(self, path: &'static str, operation: Operation, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.add(Method::POST, path, operation, routing::post(handler))
    }

    pub(crate) fn patch<H, T>(self, path: &'static str, operation: Operation, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.add(Method::PATCH, path, operation, routing::patch(handler))
    }

    pub(crate) fn delete<H, T>(self, path: &'static str, operation: Operation, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.add(Method::DELETE, path, operation, routing::delete(handler))
    }

    pub(crate) fn options<H, T>(self, path: &'static str, operation: Operation, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.add(Method::OPTIONS, path, operation, routing::options(handler))
    }

    fn add(
        mut self,
        method: Method,
        path: &'static str,
        operation: Operation,
        route: MethodRouter<S>,
    ) -> Self {
        self.operations.push(Described { method, path, operation });
        // Methods of the same path are joined by the router.
        Self { router: self.router.route(path, route), operations: self.operations }
    }

    /// What answers.
    pub(crate) fn into_router(self) -> Router<S> {
        self.router
    }

    /// What is said.
    pub(crate) fn into_operations(self) -> Vec<Described> {
        self.operations
    }
}
